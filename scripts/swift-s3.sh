#!/usr/bin/env bash
# A real S3-compatible object store for tests, on one machine: OpenStack Swift with its s3api, from Debian's packages.
#   swift-s3.sh start FOLDER [PORT]   starts it (installs the packages first where they are missing, as root), prints URL, key and secret
#   swift-s3.sh stop FOLDER           ends the processes that start began
# Known: signatures are checked (403 on a wrong secret), list with start-after works, a conditional PUT answers 501.
set -euo pipefail
verb=${1:?start or stop}; B=${2:?a folder}; P=${3:-8085}
if [ "$verb" = stop ]; then [ -f "$B/pids" ] && xargs -r kill <"$B/pids" 2>/dev/null; exit 0; fi
if ! command -v swift-proxy-server >/dev/null || ! command -v memcached >/dev/null; then
  apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends swift-proxy swift-account swift-container swift-object memcached >/dev/null
fi
rm -rf "$B"; mkdir -p "$B/srv/sdb1" "$B/etc" "$B/log"; B=$(cd "$B" && pwd); cd "$B/etc"
M=$((P + 1)); A=$((P + 2)); C=$((P + 3)); O=$((P + 4))
printf '[swift-hash]\nswift_hash_path_suffix = a\nswift_hash_path_prefix = b\n[storage-policy:0]\nname = gold\ndefault = yes\n' >swift.conf
for t in account:$A container:$C object:$O; do n=${t%%:*}; p=${t##*:}
  printf '[DEFAULT]\ndevices = %s/srv\nmount_check = false\nbind_ip = 127.0.0.1\nbind_port = %s\nworkers = 0\nuser = %s\nswift_dir = %s/etc\nlog_level = ERROR\n[pipeline:main]\npipeline = %s-server\n[app:%s-server]\nuse = egg:swift#%s\n' "$B" "$p" "$(id -un)" "$B" $n $n $n >$n.conf
done
# Three rings by one start of Python: the command swift-ring-builder would be started nine times.
"$(sed -n "1s/^#! *//p" "$(command -v swift-ring-builder)")" - "$A" "$C" "$O" <<'X'
import sys
from swift.common.ring import RingBuilder
for name, port in zip(('account', 'container', 'object'), sys.argv[1:]):
    builder = RingBuilder(6, 1, 1)
    builder.add_dev({'id': 0, 'region': 1, 'zone': 1, 'ip': '127.0.0.1', 'port': int(port), 'replication_ip': '127.0.0.1',
                     'replication_port': int(port), 'device': 'sdb1', 'weight': 1, 'meta': ''})
    builder.rebalance()
    builder.get_ring().save(name + '.ring.gz')
X
cat >proxy.conf <<X
[DEFAULT]
bind_ip = 127.0.0.1
bind_port = $P
workers = 0
user = $(id -un)
swift_dir = $B/etc
[pipeline:main]
pipeline = catch_errors proxy-logging cache listing_formats s3api tempauth slo proxy-logging proxy-server
[filter:catch_errors]
use = egg:swift#catch_errors
[filter:proxy-logging]
use = egg:swift#proxy_logging
[filter:cache]
use = egg:swift#memcache
memcache_servers = 127.0.0.1:$M
[filter:listing_formats]
use = egg:swift#listing_formats
[filter:s3api]
use = egg:swift#s3api
s3_acl = false
location = us-east-1
[filter:slo]
use = egg:swift#slo
[filter:tempauth]
use = egg:swift#tempauth
user_test_tester = testing .admin
[app:proxy-server]
use = egg:swift#proxy
allow_account_management = true
account_autocreate = true
# A server that is slow to start fails many requests, for which the proxy would leave it out for a minute.
error_suppression_limit = 1000000
X
export SWIFT_DIR=$B/etc
: >"$B/pids"
memcached -u "$(id -un)" -l 127.0.0.1 -p $M >"$B/log/memcached" 2>&1 & echo $! >>"$B/pids"
for n in account container object; do swift-$n-server "$B/etc/$n.conf" >"$B/log/$n" 2>&1 & echo $! >>"$B/pids"; done
swift-proxy-server "$B/etc/proxy.conf" >"$B/log/proxy" 2>&1 & echo $! >>"$B/pids"
for _ in $(seq 150); do
  code=$(curl -s -o /dev/null -w '%{http_code}' "http://127.0.0.1:$P/" || true)
  case $code in 4*|2*) echo "endpoint=http://127.0.0.1:$P key=test:tester secret=testing region=us-east-1"; exit 0 ;; esac
  sleep 0.2
done
echo "Swift did not answer; see $B/log" >&2; exit 1
