. "${BASH_SOURCE%/*}/check.sh"
cd "$HOME" || exit 1
url=http://git.example.com.egress.local/team/repo.git
git config --global user.name ada
git config --global user.email ada@example.com
git config --global init.defaultBranch main
git init -q work
head -c 3000000 /dev/urandom >work/large
git -C work add large
git -C work commit -qm first

check "push of a pack in chunks" git -C work push -q "$url" main
check "clone" git clone -q "$url" copy
check "the same content" cmp work/large copy/large
check "shallow clone" git clone -q --depth 1 "$url" shallow
check "fetch" git -C copy fetch -q
check "error of the vendor" has 'not found' git clone -q http://git.example.com.egress.local/team/none.git none
