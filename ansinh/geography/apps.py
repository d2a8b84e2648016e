from django.apps import AppConfig


class GeographyConfig(AppConfig):
    name = "ansinh.geography"
    label = "geography"
    verbose_name = "Đơn vị hành chính"
    default_auto_field = "django.db.models.BigAutoField"
