from django.urls import path

from ansinh.registry.views import confirming, doubles

app_name = "registry"
urlpatterns = [
    path("xac-nhan-xa/", confirming.villages, name="confirm"),
    path("xac-nhan-xa/<int:unit_id>/", confirming.village, name="confirm_village"),
    path("ho-so-trung/", doubles.queue, name="doubles"),
    path("ho-so-trung/khac-nhau/", doubles.different, name="different"),
    path("ho-so-trung/<int:pair_id>/", doubles.pair, name="pair"),
    path("ho-so-trung/<int:pair_id>/rut-lai/", doubles.take_back, name="take_back"),
    path("ho-so-trung/gop/<int:merge_id>/", doubles.merge, name="merge"),
]
