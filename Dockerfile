# The web server and the worker of psq_geo. What is installed, and how, is said in one place: scripts/setup.
FROM python:3.11-slim-bookworm

WORKDIR /srv/psq_geo
RUN useradd --uid 10001 --user-group --no-create-home --shell /usr/sbin/nologin psq

# First what setup reads, so that a change of code does not install everything again.
COPY scripts/setup scripts/
COPY requirements.txt requirements-build.txt requirements-data.txt ./
COPY frontend/package.json frontend/package-lock.json frontend/.npmrc frontend/build.mjs frontend/
COPY frontend/src frontend/src
COPY locale locale
RUN scripts/setup --no-database && rm -rf frontend/node_modules /var/lib/apt/lists/* /root/.cache /root/.npm

COPY . .
RUN scripts/serve static && install -d -o psq .local/mail .local/media .local/downloads

USER psq
ENV HOST=0.0.0.0 PORT=8000 PYTHONDONTWRITEBYTECODE=1
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=10s --start-period=30s CMD ["scripts/serve", "healthy"]
CMD ["scripts/serve", "web"]
