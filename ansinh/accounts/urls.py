from django.urls import path

from ansinh.accounts.views import doors, lists, rights

app_name = "accounts"
urlpatterns = [
    path("dang-nhap/", doors.sign_in, name="sign_in"),
    path("dang-xuat/", doors.sign_out, name="sign_out"),
    path("mat-khau/", doors.password, name="password"),
    path("tai-khoan/", lists.accounts, name="accounts"),
    path("nhat-ky/", lists.trail, name="trail"),
    path("quyen/", rights.rights, name="rights"),
    path("quyen/uy-quyen/", rights.delegate, name="delegate"),
    path("quyen/uy-quyen/<int:delegation_id>/thoi/", rights.revoke, name="revoke"),
]
