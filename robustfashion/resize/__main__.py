"""Door of ``python -m robustfashion.resize``: the command lies above, since it reads pictures and knows how data are prepared."""

from importlib import import_module

from robustfashion import machine


def main(argv: list[str] | None = None) -> None:
    """Entry point; see :func:`robustfashion.data.resizing.command.main`."""
    machine.set_up()
    import_module("robustfashion.data.resizing.command").main(argv)


if __name__ == "__main__":
    main()
