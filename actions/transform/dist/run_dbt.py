"""Does what `python -m dbt.cli.main` does, without collecting garbage: that takes a twelfth of the few seconds dbt runs."""

import gc

gc.disable()

from dbt.cli.main import cli  # noqa: E402

cli()
