import pytest
from django.conf import settings
from django.test import Client, RequestFactory
from django.utils import translation
from django.views.defaults import server_error
from pytest_django import DjangoAssertNumQueries

pytestmark = pytest.mark.django_db


def test_pages_are_vietnamese_whatever_the_browser_prefers(client: Client) -> None:
    answer = client.get("/dang-nhap/", headers={"accept-language": "en-GB"})
    assert answer.headers["Content-Language"] == "vi"
    assert "Đăng nhập" in answer.text


def test_the_reader_chooses_english_and_comes_back_to_the_same_page(client: Client) -> None:
    answer = client.post("/ngon-ngu/", {"language": "en", "next": "/luat/van-ban/"})
    assert (answer.status_code, answer.headers["Location"]) == (302, "/luat/van-ban/")
    assert client.cookies[settings.LANGUAGE_COOKIE_NAME].value == "en"
    assert 'lang="en"' in client.get("/dang-nhap/").text


@pytest.mark.parametrize("elsewhere", ["https://evil.example/", "//evil.example/", "javascript:alert(1)"])
def test_nobody_is_sent_to_another_site(client: Client, elsewhere: str) -> None:
    assert client.post("/ngon-ngu/", {"language": "en", "next": elsewhere}).headers["Location"] == "/"
    assert elsewhere not in client.get("/dang-nhap/", {"tiep": elsewhere}).text


def test_the_policy_lets_in_nothing_from_elsewhere_and_nothing_inline(client: Client) -> None:
    policy = client.get("/dang-nhap/").headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy and "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy


def test_a_page_that_is_not_there_says_so(client: Client) -> None:
    answer = client.get("/khong-co/")
    assert answer.status_code == 404 and "Không tìm thấy trang" in answer.text


def test_a_form_left_open_too_long_is_refused_in_words(db: None) -> None:
    answer = Client(enforce_csrf_checks=True).post("/dang-nhap/", {"username": "binh"})
    assert answer.status_code == 403
    assert "Trang đã mở quá lâu" in answer.text and "Chưa ghi gì." in answer.text


@pytest.mark.parametrize(("language", "words"), [("vi", "Hệ thống gặp lỗi"), ("en", "Something went wrong")])
def test_what_fails_is_told_without_asking_the_database(
    language: str, words: str, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with translation.override(language), django_assert_num_queries(0):
        answer = server_error(RequestFactory().get("/"))
    text = answer.content.decode()
    assert answer.status_code == 500 and f"<h1>{words}</h1>" in text and "/ansinh.css" in text
