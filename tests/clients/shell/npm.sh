. "${BASH_SOURCE%/*}/check.sh"
cd "$HOME" || exit 1
install() { npm install --no-audit --no-fund --no-update-notifier --registry http://registry.npmjs.org.egress.local "$1"; }

echo '{}' >package.json
check "install" install tiny
check "require" node -e 'if (require("tiny") !== "tiny") process.exit(1)'
check "error of the vendor" has 'E404' install none
