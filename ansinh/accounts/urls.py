from django.urls import path

from ansinh.accounts import views

app_name = "accounts"
urlpatterns = [
    path("dang-nhap/", views.sign_in, name="sign_in"),
    path("dang-xuat/", views.sign_out, name="sign_out"),
    path("tai-khoan/", views.accounts, name="accounts"),
    path("nhat-ky/", views.trail, name="trail"),
]
