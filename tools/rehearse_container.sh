#!/bin/sh
# Builds the image of deploy/container/Containerfile, and runs it as compose.yaml does: as a user without rights, on a root
# that can't be written, without capabilities. It has no network, so that no publisher is asked. As root, with buildah,
# podman and runc:
#
#     tools/rehearse_container.sh [arguments for buildah, such as --build-arg BASE=localhost/debian:bookworm-slim]
set -eu
cd "$(dirname "$0")/.."
image=localhost/relation-monitor:rehearsal
name=relmon-rehearsal-$$
work=$(mktemp -d)

engine() { podman --runtime runc --cgroup-manager cgroupfs "$@"; }
inside() { engine exec "$name" "$@"; }
failed() {
    echo "It failed: $*" >&2
    engine logs "$name" >&2
    exit 1
}
clean_up() {
    engine rm --force --volumes --time 0 "$name" >/dev/null 2>&1 || true
    rm -rf "$work"
}
trap clean_up EXIT

buildah build --format docker --isolation chroot --file deploy/container/Containerfile --tag "$image" "$@" .

echo "The image makes and checks a configuration ..."
chmod 777 "$work"
engine run --rm --network none --read-only --cap-drop ALL --ulimit nofile=4096:4096 --ulimit nproc=1024:1024 \
    --no-healthcheck --volume "$work:/config" "$image" init /config/own >/dev/null
chmod -R a+rX "$work/own"
engine run --rm --network none --read-only --cap-drop ALL --ulimit nofile=4096:4096 --ulimit nproc=1024:1024 \
    --no-healthcheck --volume "$work/own:/etc/relation-monitor:ro" "$image" check

echo "The daemon runs ..."
engine run --detach --name "$name" --network none --read-only --tmpfs /tmp --cap-drop ALL \
    --security-opt no-new-privileges --ulimit nofile=4096:4096 --ulimit nproc=1024:1024 --health-interval disable \
    --volume "$work/own:/etc/relation-monitor:ro" "$image" >/dev/null
tries=0
until engine healthcheck run "$name" >/dev/null 2>&1; do
    tries=$((tries + 1))
    [ "$tries" -lt 60 ] || failed "it never became healthy"
    sleep 1
done
[ "$(inside id -u)" = 10001 ] || failed "it runs as another user"
inside grep -q '^CapBnd:[[:space:]]*0*$' /proc/1/status || failed "it has capabilities"
inside grep -q '^NoNewPrivs:[[:space:]]*1$' /proc/1/status || failed "it may gain privileges"
if inside touch /opt/relmon/written 2>/dev/null; then failed "its root can be written"; fi
inside /opt/relmon/bin/relmon status | head -n 5
[ "$(inside stat -c %a /var/lib/relation-monitor/monitor.db)" = 600 ] || failed "its database is open to others"

echo "It is healthy. Now it is stopped ..."
engine stop --time 20 "$name" >/dev/null
[ "$(engine inspect --format '{{.State.ExitCode}}' "$name")" = 0 ] || failed "it did not end in order"
echo "All went well."
