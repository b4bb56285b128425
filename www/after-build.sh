#!/bin/sh
# A hook of trunk (Trunk.toml): www/after-build.mjs, where there is Node. Without it, `trunk serve` alone
# has the app at one address, with all others in the URL fragment.
if command -v node >/dev/null; then
  exec node www/after-build.mjs
fi
echo "There is no Node: the build has no page for each address, and does not work offline." >&2
