"""As `python -m dbt.cli.main`; but dbt lives for seconds, and collecting garbage while it loads takes a twelfth of them."""

import gc

gc.disable()

from dbt.cli.main import cli  # noqa: E402

cli()
