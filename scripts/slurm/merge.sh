#!/usr/bin/env bash
# The last job of sweep.sh: the tables, once all tasks have ended well.
set -euo pipefail
exec "$SWARMSIM" merge "$1"
