"""Addresses of the lists taken in (nhập danh sách)."""

from django.urls import path

from ansinh.imports import views

app_name = "imports"

urlpatterns = [
    path("nhap-danh-sach/", views.imports, name="imports"),
    path("nhap-danh-sach/ho-ngheo/", views.poverty, name="poverty"),
    path("nhap-danh-sach/cach-goi/", views.phrases, name="phrases"),
    path("nhap-danh-sach/chua-vao-so/", views.missed, name="missed"),
    path("nhap-danh-sach/<int:import_id>/", views.imported, name="imported"),
    path("nhap-danh-sach/<int:import_id>/kiem-tra/", views.again, name="again"),
    path("nhap-danh-sach/<int:import_id>/ghi-so/", views.commit, name="commit"),
    path("nhap-danh-sach/<int:import_id>/huy/", views.undo, name="undo"),
    path("nhap-danh-sach/<int:import_id>/xong/", views.settle, name="settle"),
    path("nhap-danh-sach/<int:import_id>/chua-xong/", views.unsettle, name="unsettle"),
    path("nhap-danh-sach/<int:import_id>/ghi-chu.xlsx", views.remarks, name="remarks"),
    path("nhap-danh-sach/<int:import_id>/bao-cao.json", views.told, name="told"),
]
