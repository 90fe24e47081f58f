#!/usr/bin/env bash
# Pure Data 0.53.1, oscparse: an OSC message of a double and then a whole number (,di 0.1 7).
#
# Expected by OSC 1.0, section "OSC Message": each type takes its own bytes, a double eight; at least 7 arrives.
# Seen: oscparse does not step over the eight bytes. It takes the first four of the double as the whole number, so that
# 1069128089 (1.06913e+09) arrives, and 7 never does. A 64-bit number before another argument ends the same way.
# Who sends to Pd sends floats and 32-bit whole numbers.
#
# Needs: Debian 12 (apt-get download, dpkg), bash. Fails when this changes.
set -euo pipefail
version=0.53.1+ds-2+deb12u1
port=${PORT:-46031}
work=$(mktemp -d)
pd=
trap '[ -z "$pd" ] || kill "$pd" 2>/dev/null || true; rm -rf "$work"' EXIT
cd "$work"
apt-get download -qq -o APT::Sandbox::User=root "puredata-core=$version" >/dev/null
dpkg -x puredata-core_*.deb root
cat > listen.pd <<'PATCH'
#N canvas 0 0 400 300 12;
#X obj 10 40 oscparse;
#X obj 10 70 print heard;
#X connect 0 0 1 0;
PATCH
sed -i "2i #X obj 10 10 netreceive -u -b $port;" listen.pd
sed -i 's/^#X connect 0 0 1 0;/#X connect 0 0 1 0;\n#X connect 1 0 2 0;/' listen.pd
HOME=$work ./root/usr/bin/puredata -nogui -noaudio -nomidi -stderr -open listen.pd >>log 2>&1 &
pd=$!
# The message is sent again until it is heard: Pd takes a moment to listen.
for _ in $(seq 1 100); do
  printf '/a\0\0,i\0\0\0\0\0\7' >"/dev/udp/127.0.0.1/$port" || true
  grep -q 'heard: list a 7' log && break
  sleep 0.1
done
grep -q 'heard: list a 7' log || { echo "Pd was never heard from:"; cat log; exit 1; }
for _ in $(seq 1 50); do
  # 0.1 as a double is 3f b9 99 99 99 99 99 9a.
  printf '/b\0\0,di\0\x3f\xb9\x99\x99\x99\x99\x99\x9a\0\0\0\7' >"/dev/udp/127.0.0.1/$port" || true
  grep -q 'heard: list b' log && break
  sleep 0.1
done
line=$(grep -a -m 1 -o 'heard: list b.*' log || true)
echo "puredata-core $version: sent /b ,di 0.1 7; oscparse reports: ${line:-nothing}"
[ "$line" = 'heard: list b 1.06913e+09' ]
