from django.urls import path

from ansinh.simulations import views

app_name = "simulations"
urlpatterns = [
    path("mo-phong/", views.simulations, name="simulations"),
    path("mo-phong/moi/", views.new, name="new"),
    path("mo-phong/so-sanh/", views.compare, name="compare"),
    path("mo-phong/<int:simulation_id>/", views.result, name="result"),
    path("mo-phong/<int:simulation_id>/luu/", views.keep, name="keep"),
    path("mo-phong/<int:simulation_id>/ket-qua.xlsx", views.workbook, name="workbook"),
    path("mo-phong/<int:simulation_id>/ket-qua.pdf", views.paper, name="paper"),
]
