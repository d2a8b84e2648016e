from django.apps import AppConfig


class DeterminationsConfig(AppConfig):
    name = "ansinh.determinations"
    label = "determinations"
    verbose_name = "Xác định"
    default_auto_field = "django.db.models.BigAutoField"
