from django.urls import path

from ansinh.grants import views

app_name = "grants"
urlpatterns = [
    path("quyet-dinh/", views.review, name="review"),
    path("quyet-dinh/xac-dinh/", views.ask, name="ask"),
    path("quyet-dinh/ra-quyet-dinh/", views.adopt, name="adopt"),
    path("sap-thay-doi/", views.coming, name="coming"),
    path("sap-thay-doi/danh-sach.xlsx", views.coming_list, name="coming_list"),
    path("quyet-dinh/soan/", views.propose, name="propose"),
    path("quyet-dinh/ra-soat.xlsx", views.review_list, name="review_list"),
    path("quyet-dinh/<int:decision_id>/", views.decision, name="decision"),
]
