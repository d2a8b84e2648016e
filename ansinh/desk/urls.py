from django.urls import path

from ansinh.desk.views import (
    arrivals,
    attachments,
    communes,
    doubles,
    entering,
    events,
    home,
    people,
    person,
    reads,
    transfers,
)

app_name = "desk"
urlpatterns = [
    path("", home.home, name="home"),
    path("cac-xa/", communes.side_by_side, name="communes"),
    path("nguoi/", people.search, name="people"),
    path("nguoi/them/", entering.enter, name="enter"),
    path("nguoi/<int:person_id>/", person.file, name="person"),
    path("nguoi/<int:person_id>/vi-sao/", person.why_paid, name="why"),
    path("nguoi/<int:person_id>/nhay-cam/", person.sensitive, name="sensitive"),
    path("nguoi/<int:person_id>/luot-xem/", reads.reads, name="reads"),
    path("nguoi/<int:person_id>/trung/", doubles.same, name="same"),
    path("nguoi/<int:person_id>/trung/noi-khac/", doubles.propose_elsewhere, name="propose_elsewhere"),
    path("nguoi/<int:person_id>/trung/rut/<int:pair_id>/", doubles.withdraw, name="withdraw_double"),
    path("nguoi/<int:person_id>/trung/<int:other_id>/", doubles.propose, name="propose"),
    path("nguoi/<int:person_id>/viec/<slug:code>/", events.event, name="event"),
    path("nguoi/<int:person_id>/huy/<int:entry_id>/", events.undo, name="undo"),
    path("nguoi/<int:person_id>/giay-to/", attachments.attach, name="attach"),
    path("nguoi/<int:person_id>/giay-to/<int:attachment_id>/", attachments.attachment, name="attachment"),
    path("nguoi/<int:person_id>/du-kien/<slug:whose>/<int:fact_id>/", events.correct, name="correct"),
    path("nguoi/<int:person_id>/nhan-chi-tra/", arrivals.take_in, name="take_in"),
    path("nguoi/<int:person_id>/nhan-chi-tra/ky/", arrivals.sign_take_in, name="sign_take_in"),
    path("chuyen-den/", arrivals.arrivals, name="arrivals"),
    path("chuyen-ho-so/", transfers.transfers, name="transfers"),
    path("chuyen-ho-so/xin/", transfers.ask, name="ask_transfer"),
    path("chuyen-ho-so/<int:transfer_id>/", transfers.transfer, name="transfer"),
    path("chuyen-ho-so/<int:transfer_id>/dong-y/", transfers.accept, name="accept_transfer"),
]
