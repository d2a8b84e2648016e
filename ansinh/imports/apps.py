"""The room `imports` as Django knows it."""

from django.apps import AppConfig


class ImportsConfig(AppConfig):
    """Nhập danh sách."""

    name = "ansinh.imports"
    verbose_name = "Nhập danh sách"
