. "${BASH_SOURCE%/*}/check.sh"
cd "$HOME" || exit 1
host=pypi.example.com.egress.local
install() { python3 -m pip install -q --no-cache-dir --target there --index-url "http://$host/simple" --trusted-host "$host" "$1"; }

check "install" install tiny
check "import" env PYTHONPATH=there python3 -c 'import tiny; assert tiny.NAME == "tiny"'
check "error of the vendor" has 'No matching distribution' install none
