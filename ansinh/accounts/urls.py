from django.urls import path

from ansinh.accounts.views import doors, lists, rights, second_step

app_name = "accounts"
urlpatterns = [
    path("dang-nhap/", doors.sign_in, name="sign_in"),
    path("dang-nhap/ma/", doors.sign_in_code, name="sign_in_code"),
    path("dang-xuat/", doors.sign_out, name="sign_out"),
    path("mat-khau/", doors.password, name="password"),
    path("hai-buoc/", second_step.second_step, name="second_step"),
    path("hai-buoc/bat/", second_step.second_step_on, name="second_step_on"),
    path("hai-buoc/tat/", second_step.second_step_off, name="second_step_off"),
    path("tai-khoan/<int:user_id>/hai-buoc/", second_step.second_step_reset, name="second_step_reset"),
    path("tai-khoan/", lists.accounts, name="accounts"),
    path("nhat-ky/", lists.trail, name="trail"),
    path("quyen/", rights.rights, name="rights"),
    path("quyen/uy-quyen/", rights.delegate, name="delegate"),
    path("quyen/uy-quyen/<int:delegation_id>/thoi/", rights.revoke, name="revoke"),
]
