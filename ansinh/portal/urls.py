from django.urls import path

from ansinh.portal import views

app_name = "portal"
urlpatterns = [
    path("luat/", views.law, name="law"),
    path("luat/thay-doi/", views.changes, name="changes"),
    path("luat/van-ban/", views.instruments, name="instruments"),
    path("luat/van-ban/<slug:name>/", views.instrument, name="instrument"),
]
