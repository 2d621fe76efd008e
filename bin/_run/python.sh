# Finds a Python that is new enough, with nothing but the shell. Sourced by the commands in bin/.
python=
seen=
for name in python3 python3.14 python3.13 python3.12 python3.11 python; do
    command -v "$name" >/dev/null 2>&1 || continue
    if "$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; then
        python=$name
        break
    fi
    [ -n "$seen" ] || seen=$("$name" -c 'import sys; print("%d.%d" % sys.version_info[:2])' 2>/dev/null)
done
if [ -z "$python" ]; then
    echo "需要 Python 3.11 或更新，这里是 ${seen:-没有 Python}：先安装 python3.11 以上的版本，再运行一次" \
        "(needs Python 3.11 or later, here is ${seen:-none}: install it and try again)" >&2
    exit 1
fi
