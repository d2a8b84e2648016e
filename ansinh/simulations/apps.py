from django.apps import AppConfig


class SimulationsConfig(AppConfig):
    name = "ansinh.simulations"
    label = "simulations"
    verbose_name = "Mô phỏng"
    default_auto_field = "django.db.models.BigAutoField"
