from django.apps import AppConfig


class SectorsConfig(AppConfig):
    name = "sectors"

    def ready(self) -> None:
        """Has the question for a token tell what its account covers."""
        # Models can be imported from here on.
        from accounts.authentication import tell_with_tokens  # noqa: PLC0415
        from sectors.scope import WITH_TOKENS  # noqa: PLC0415

        tell_with_tokens(WITH_TOKENS)
