from django.urls import path

from ansinh.desk import views

app_name = "desk"
urlpatterns = [
    path("", views.home, name="home"),
    path("nguoi/", views.search, name="people"),
    path("nguoi/<int:person_id>/", views.file, name="person"),
    path("nguoi/<int:person_id>/vi-sao/", views.why_paid, name="why"),
    path("nguoi/<int:person_id>/nhay-cam/", views.sensitive, name="sensitive"),
]
