from django.urls import path

from ansinh.grants.views import adopting, proposals, reviews

app_name = "grants"
urlpatterns = [
    path("quyet-dinh/", reviews.review, name="review"),
    path("quyet-dinh/xac-dinh/", reviews.ask, name="ask"),
    path("quyet-dinh/ra-quyet-dinh/", adopting.adopt, name="adopt"),
    path("sap-thay-doi/", reviews.coming, name="coming"),
    path("sap-thay-doi/danh-sach.xlsx", reviews.coming_list, name="coming_list"),
    path("quyet-dinh/danh-dau/", adopting.mark, name="mark"),
    path("quyet-dinh/soan/", adopting.propose, name="propose"),
    path("quyet-dinh/soan/bo-bot/", adopting.leave_out, name="leave_out"),
    path("quyet-dinh/trinh/", proposals.submit, name="submit"),
    path("quyet-dinh/du-thao/", proposals.proposals, name="proposals"),
    path("quyet-dinh/du-thao/<int:proposal_id>/", proposals.proposal, name="proposal"),
    path("quyet-dinh/du-thao/<int:proposal_id>/ky/", proposals.sign, name="sign"),
    path("quyet-dinh/du-thao/<int:proposal_id>/tra-lai/", proposals.send_back, name="send_back"),
    path("quyet-dinh/du-thao/<int:proposal_id>/rut/", proposals.withdraw, name="withdraw"),
    path("quyet-dinh/du-thao/<int:proposal_id>/soan-lai/", proposals.mend, name="mend"),
    path("quyet-dinh/ra-soat.xlsx", reviews.review_list, name="review_list"),
    path("quyet-dinh/<int:decision_id>/", reviews.decision, name="decision"),
]
