# `make` alone says what there is. PORT, PGPORT and PSQ_THROTTLES are honoured; with PGHOST set (libpq's own variables)
# that PostGIS is used instead of the private cluster of this clone.
.DEFAULT_GOAL := help
.PHONY: help run stop test check fix bench token reset setup setup-tests messages lock
SHELL := /bin/bash

export PORT ?= 8000
bin := .venv/bin
# Starts the private cluster and points libpq's variables at it, unless the caller chose a server.
database := if [ -z "$$PGHOST" ]; then scripts/postgis start && eval "$$(scripts/postgis env)"; fi

help: ## this text
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-9s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

run: ## install what is missing, load the demonstration and serve it on http://127.0.0.1:8000 (PORT=, TERRITORY=)
	@scripts/serve

test: setup-tests ## every test, browser tests included (ARGS="-k locate" for some)
	@$(database) && $(bin)/pytest -n 2 --dist loadfile $(ARGS)

check: setup-tests ## format, lint, types, imports, migrations, deployment, messages, known flaws; reads only
	$(bin)/ruff format --check .
	$(bin)/ruff check .
	$(bin)/mypy .
	$(bin)/lint-imports
	@$(database) && set -x && $(bin)/python manage.py makemigrations --check --dry-run
	PSQ_DEMO=0 PSQ_SECRET_KEY="$$($(bin)/python -c 'import secrets; print(secrets.token_urlsafe(64))')" \
		PSQ_ALLOWED_HOSTS=psq.example $(bin)/python manage.py check --deploy --fail-level WARNING
	msgfmt --check --statistics -o /dev/null locale/fr/LC_MESSAGES/django.po
	$(bin)/python scripts/audit.py

fix: setup-tests ## format, and repair what ruff can repair
	$(bin)/ruff format .
	$(bin)/ruff check --fix .

bench: setup-tests ## measure the speed against other servers, write docs/performance.md
	@$(database) && $(bin)/python -m tests.bench $(ARGS)

token: ## print a fresh API token: make -s token EMAIL=partenaire.bailleur@psq.example
	@[ -n "$$EMAIL" ] || { echo "Whose token? make -s token EMAIL=..." >&2; exit 2; }
	@$(database) && $(bin)/python manage.py token "$$EMAIL"

stop: ## stop the private database
	@scripts/postgis stop

reset: stop ## delete the private database with all its data (asks; YES=1 does not)
	@scripts/postgis reset $(if $(YES),--yes)

messages: setup-tests ## gather the texts to translate into locale/fr
	$(bin)/python manage.py makemessages --locale fr --no-location --no-wrap --ignore '.local/*' --ignore '.venv/*' --ignore 'tests/*' \
		--ignore 'frontend/node_modules/*' --ignore 'frontend/dist/*'

lock: setup ## write requirements*.txt anew from pyproject.toml, and the front end's lock
	@[ -x .local/lock/bin/uv ] || { python3 -m venv .local/lock && .local/lock/bin/pip install --quiet uv; }
	$(lock) pyproject.toml -o requirements.txt
	$(lock) pyproject.toml --group dev -c requirements.txt -o requirements-dev.txt
	$(lock) pyproject.toml --group bench -c requirements.txt -o requirements-bench.txt
	$(lock) --group build -o requirements-build.txt
	$(lock) --no-deps --group data -o requirements-data.txt
	cd frontend && PATH="$(CURDIR)/.venv/bin:$$PATH" npm install --package-lock-only --ignore-scripts
lock = .local/lock/bin/uv pip compile --quiet --no-header --generate-hashes --no-emit-index-url --python-version 3.11

setup:
	@scripts/setup
setup-tests:
	@scripts/setup --tests
