"""Every room's pages under one roof: a room's urls.py is included here as soon as it has one."""

from importlib.util import find_spec

from django.urls import URLPattern, URLResolver, include, path

ROOMS = (
    "desk",
    "portal",
    "simulations",
    "imports",
    "payments",
    "grants",
    "determinations",
    "registry",
    "accounts",
    "geography",
    "web",
)

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include(f"ansinh.{room}.urls")) for room in ROOMS if find_spec(f"ansinh.{room}.urls")
]
