from django.apps import AppConfig


class DeskConfig(AppConfig):
    name = "ansinh.desk"
    label = "desk"
    verbose_name = "Bàn làm việc"
    default_auto_field = "django.db.models.BigAutoField"
