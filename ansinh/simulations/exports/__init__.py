"""A simulation as a file: a workbook, a paper (tệp kết quả)."""

from ansinh.simulations.exports.pdf import write_pdf
from ansinh.simulations.exports.xlsx import write_xlsx

FORMATS = {
    "xlsx": (write_xlsx, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    "pdf": (write_pdf, "application/pdf"),
}
"""By the ending of a file: what writes it, and of what kind it is."""

__all__ = ["FORMATS", "write_pdf", "write_xlsx"]
