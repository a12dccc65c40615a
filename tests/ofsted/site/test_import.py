"""What importing the site costs."""

import subprocess
import sys


def test_importing_the_site_loads_neither_network_nor_parser():
    code = "import sys, ofsted.site; print({*sys.modules} & {'requests', 'bs4', 'lxml'})"
    announced = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert announced.stdout.strip() == "set()"
