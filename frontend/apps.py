from django.apps import AppConfig


class FrontendConfig(AppConfig):
    name = "frontend"

    def ready(self) -> None:
        """From the start of every process: pages, mails and the admin write the same dates."""
        from frontend import written_dates  # noqa: PLC0415 - Django asks for this after the settings are read

        written_dates.install()
