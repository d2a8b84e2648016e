from django.apps import AppConfig


class GrantsConfig(AppConfig):
    name = "ansinh.grants"
    label = "grants"
    verbose_name = "Quyết định"
    default_auto_field = "django.db.models.BigAutoField"
