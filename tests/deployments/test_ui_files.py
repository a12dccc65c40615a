"""The files of Prefect's UI as the service lays them out."""

from deployments.service import ui_files


def test_the_page_announces_browsers_to_ask_no_other_host_once_and_by_the_address_of_now(tmp_path):
    page = ui_files.folder(tmp_path) / ui_files.PAGE
    ui_files.close(tmp_path, "http://127.0.0.1:4200")
    page.parent.mkdir(parents=True)
    page.write_text("<html><head><title>Prefect</title></head></html>")
    ui_files.close(tmp_path, "http://127.0.0.1:4200")
    ui_files.close(tmp_path, "https://watch.example.gov.uk/ofsted")
    said = page.read_text()
    assert said.count("Content-Security-Policy") == 1
    assert "connect-src 'self' ws: wss: https://watch.example.gov.uk\"" in said
    assert said.endswith("<title>Prefect</title></head></html>")
