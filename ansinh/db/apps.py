from django.apps import AppConfig


class DbConfig(AppConfig):
    name = "ansinh.db"
    label = "db"
    verbose_name = "Cơ sở dữ liệu"
    default_auto_field = "django.db.models.BigAutoField"
