#!/bin/sh
# Makes docker/secrets/master-key and docker/secrets/admin-token unless they exist. Keep a copy of the master key elsewhere:
# without it neither API keys nor personal data can be read again.
set -eu
cd "$(dirname "$0")"
mkdir -p secrets
# Nobody else on this machine gets through the folder; the files themselves must be readable for the container's user.
chmod 700 secrets
random() { od -An -vtx1 -N "$1" /dev/urandom | tr -d ' \n'; }
[ -e secrets/master-key ] || random 32 > secrets/master-key
[ -e secrets/admin-token ] || printf 'gha_%s' "$(random 24)" > secrets/admin-token
chmod 644 secrets/master-key secrets/admin-token
echo 'docker/secrets holds the master key and the admin token.'
