# what a build costs and keeps: a big context, files of every kind through COPY --from
. "$(dirname "$0")/lib.sh"

# ---- a context of a gigabyte that nothing names: not a byte of it is read
mkdir big
truncate -s 1G big/data
echo hi >big/small
mkdir big/many
python3 -c 'for i in range(3000): open("big/many/f%d" % i, "w").write("x")'
printf 'FROM busybox\nCOPY small /\nCOPY many/f1 many/f2999 /\n' >big/Dockerfile
if [ "$(id -u)" = 0 ] && command -v strace >/dev/null && strace -f -o probe true 2>/dev/null; then
	# a sanitizer cannot look for leaks while it is traced
	ASAN_OPTIONS=detect_leaks=0 strace -f -y -e trace=openat,openat2,read,pread64,copy_file_range,sendfile -o trace "$DRYDOCK_BIN" docker build --no-cache big >log 2>&1
	is 'a context of a gigabyte builds' $? 0
	t 'what is named is opened' grep -q 'f2999' trace
	is 'what no COPY names is not' "$(grep -c 'big/data\|"data"' trace)" 0
	is 'nor are files beside those that are named' "$(grep -c 'f17[0-9][0-9]*[">]' trace)" 0
else
	skip 'a context of a gigabyte builds' 'strace and programs with capabilities do not go together'
	docker build --no-cache big >log 2>&1
fi
t 'the context is told' grep -q 'transferring context: [0-9.]*k*B.* done' log
is 'and no bigger than what is copied' "$(grep -c 'transferring context: [0-9.]*[MG]B' log)" 0

# ---- COPY --from keeps what files are
cat >Dockerfile <<'P'
FROM python:3.9-slim AS a
RUN mkdir /d /d/sub && cd /d && echo one >f && ln f hard && ln -s f soft && ln -s /nowhere broken && mkfifo pipe \
 && truncate -s 50M sparse && echo end >>sparse && chmod 4755 hard && chown 12:34 sparse && chown -h 5:6 soft \
 && { python3 -c 'import os; os.setxattr("/d/f", "user.note", b"kept")' || echo no attributes; } && touch -d @1000000000 sub sparse
FROM python:3.9-slim
COPY --from=a /d /d
RUN python3 - <<'E'
import os, stat
s = lambda n: os.lstat("/d/" + n)
print("hard", s("f").st_ino == s("hard").st_ino, s("f").st_nlink, oct(s("f").st_mode))
print("soft", os.readlink("/d/soft"), os.readlink("/d/broken"))
print("owners", s("soft").st_uid, s("soft").st_gid)
print("pipe", stat.S_ISFIFO(s("pipe").st_mode))
print("sparse", s("sparse").st_size, s("sparse").st_uid, s("sparse").st_gid, int(s("sparse").st_mtime))
print("sub", int(s("sub").st_mtime))
E
P
run docker build --no-cache -t kinds .
is 'files of every kind are copied' $code 0
has 'hard links stay one file, with its mode' "$out" ' hard True 2 0o104755'
has 'links stay links' "$out" ' soft f /nowhere'
if [ "${DRYDOCK_IDMAP:-}" = one ]; then
	skip 'with their owners' 'with one id a link has no place to note its owner'
else
	has 'with their owners' "$out" ' owners 5 6'
fi
has 'a named pipe is one' "$out" ' pipe True'
has 'files with holes are whole' "$out" ' sparse 52428804 12 34 1000000000'
has 'folders keep their times' "$out" ' sub 1000000000'
if docker run --rm kinds python3 -c 'import os; os.setxattr("/d/f", "user.try", b"x")' 2>/dev/null; then
	is 'attributes of users come along' "$(docker run --rm kinds python3 -c 'import os; print(os.getxattr("/d/f", "user.note").decode())')" kept
else
	skip 'attributes of users come along' 'files have no attributes of users here'
fi

# ---- the same inputs, the same image, also with pip
mkdir course
echo Flask >course/requirements.txt
echo 'print("hi")' >course/app.py
cat >course/Dockerfile <<'P'
FROM python:3.9-slim
WORKDIR /app
COPY requirements.txt .
RUN pip install --no-cache-dir -r requirements.txt
COPY . .
CMD ["python", "app.py"]
P
export SOURCE_DATE_EPOCH=1700000000
docker build -q --no-cache course >one 2>log
is 'the course builds with SOURCE_DATE_EPOCH' $? 0
touch course/app.py
docker build -q --no-cache course >two 2>>log
is 'twice is the same image' "$(cat one)" "$(cat two)"
other=one
[ "${DRYDOCK_IDMAP:-}" != one ] || other=range
if DRYDOCK_IDMAP=$other docker build -q --no-cache course >other 2>>log; then
	is 'and in the other map' "$(cat other)" "$(cat one)"
else
	skip 'and in the other map' 'this user has but one'
fi
echo "# on every machine with these packages: $(cat one)"
done_testing
