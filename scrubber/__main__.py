"""`python -m scrubber`."""

from scrubber.cli.main import run

if __name__ == "__main__":
    run()
