from django.urls import path, register_converter

from ansinh.payments import views


class PeriodKey:
    """The months of a period: 2024-01..2024-02."""

    regex = r"\d{4}-\d{2}\.\.\d{4}-\d{2}"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


class FileKind:
    """A format lists are written in."""

    regex = "xlsx|pdf"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


register_converter(PeriodKey, "period")
register_converter(FileKind, "kind")

app_name = "payments"
urlpatterns = [
    path("chi-tra/", views.payrolls, name="payrolls"),
    path("chi-tra/lap/", views.prepare, name="prepare"),
    path("chi-tra/tien-do/<int:job_id>/", views.progress, name="progress"),
    path("chi-tra/ky/<period:key>/", views.period, name="period"),
    path("chi-tra/ky/<period:key>/duyet/", views.approve, name="approve"),
    path("chi-tra/ky/<period:key>/tong-hop.<kind:form>", views.summary, name="summary"),
    path("chi-tra/<int:payroll_id>/", views.payroll, name="payroll"),
    path("chi-tra/<int:payroll_id>/dong/", views.lines, name="lines"),
    path("chi-tra/<int:payroll_id>/duyet/", views.approve_one, name="approve_one"),
    path("chi-tra/<int:payroll_id>/danh-sach/<int:roll_id>.<kind:form>", views.signatures, name="signatures"),
]
