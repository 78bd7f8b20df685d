# docker build: COPY and ADD put files where Docker does, with its owners and modes, in every id map
. "$(dirname "$0")/lib.sh"

mkdir -p d/sub e && echo f1 >f1 && echo f2 >f2 && echo a >d/a && echo b >d/sub/b && chmod 4755 f2 && chmod 700 d/sub
ln -s f1 lf && ln -s d ld && ln -s a d/la && ln d/a d/hard && mkfifo d/pipe && truncate -s 3M d/sparse && echo x >'sp ace' && echo y >'[b].txt'
tar czf archive --owner=0 --group=0 d/a d/sub && echo text >fake.tar.gz
python3 -c 'import io, tarfile
t = tarfile.open("names.tar", "w")
i = tarfile.TarInfo("na\u00efve/\u00e9"); i.size = 2
t.addfile(i, io.BytesIO(b"hi"))'

# list FOLDER: links, owner, mode and name of all that is in it, as ls shows it
cat >list <<'P'
cd "$1" && find "$1" -exec ls -dln {} + | awk '{print $1, $2, $3 ":" $4, $5, $9 $10 $11}' | sed 's/^\(d[^ ]*\) [0-9]* \([^ ]*\) [0-9]*/\1 \2/'
P
cat >Dockerfile <<'P'
FROM busybox AS b
RUN mkdir -p /t/dir && ln -s dir /t/link && echo bob:x:1234:77::/:/bin/sh >>/etc/passwd && echo grp:x:88: >>/etc/group
COPY list /
COPY f1 /t/new
COPY f1 /t/link
COPY f1 f2 /t/two/
COPY d /t/tree
COPY d/* /t/pattern/
COPY lf /t/lf
COPY ld /t/ld/
COPY ["sp ace", "/t/sp ace"]
COPY [[]b].txt nothing* /t/
COPY --chown=bob f1 /t/own/a
COPY --chown=bob:grp f1 /t/own/b
COPY --chown=5 f1 /t/own/c
COPY --chown=999:998 d /t/own/d
COPY --chown=nobody-there f1 /t/own/e
COPY --chmod=0640 d /t/mode
ADD archive /t/unpacked
ADD fake.tar.gz names.tar /t/add/
ADD --unpack=false archive /t/whole/
USER bob
WORKDIR /w/deep
COPY f1 .
RUN sh /list /t; sh /list /w
P
docker build --no-cache . >log 2>&1
is 'it builds' $? 0
sed -n 's/^#[0-9]* [0-9.]* \([-dlp][-rwxsS]\{9\} \)/\1/p' log >got
cat >want <<'P'
drwxr-xr-x 0:0 /t
-rw-r--r-- 1 0:0 2 /t/[b].txt
drwxr-xr-x 0:0 /t/add
-rw-r--r-- 1 0:0 5 /t/add/fake.tar.gz
drwxr-xr-x 0:0 /t/add/na??ve
-rw-r--r-- 1 0:0 2 /t/add/na??ve/??
drwxr-xr-x 0:0 /t/dir
-rw-r--r-- 1 0:0 3 /t/dir/f1
drwxr-xr-x 0:0 /t/ld
-rw-r--r-- 2 0:0 2 /t/ld/a
-rw-r--r-- 2 0:0 2 /t/ld/hard
lrwxrwxrwx 1 0:0 1 /t/ld/la->a
prw-r--r-- 1 0:0 0 /t/ld/pipe
-rw-r--r-- 1 0:0 3145728 /t/ld/sparse
drwx------ 0:0 /t/ld/sub
-rw-r--r-- 1 0:0 3 /t/lf
lrwxrwxrwx 1 0:0 3 /t/link->dir
drwxr-xr-x 0:0 /t/mode
-rw-r----- 2 0:0 2 /t/mode/a
-rw-r----- 2 0:0 2 /t/mode/hard
lrwxrwxrwx 1 0:0 1 /t/mode/la->a
prw-r----- 1 0:0 0 /t/mode/pipe
-rw-r----- 1 0:0 3145728 /t/mode/sparse
drw-r----- 0:0 /t/mode/sub
-rw-r--r-- 1 0:0 3 /t/new
drwxr-xr-x 1234:77 /t/own
-rw-r--r-- 1 1234:77 3 /t/own/a
-rw-r--r-- 1 1234:88 3 /t/own/b
-rw-r--r-- 1 5:5 3 /t/own/c
drwxr-xr-x 999:998 /t/own/d
-rw-r--r-- 2 999:998 2 /t/own/d/a
-rw-r--r-- 2 999:998 2 /t/own/d/hard
lrwxrwxrwx 1 999:998 1 /t/own/d/la->a
prw-r--r-- 1 999:998 0 /t/own/d/pipe
-rw-r--r-- 1 999:998 3145728 /t/own/d/sparse
drwx------ 999:998 /t/own/d/sub
-rw-r--r-- 1 0:0 3 /t/own/e
drwxr-xr-x 0:0 /t/pattern
-rw-r--r-- 1 0:0 2 /t/pattern/a
-rw-r--r-- 1 0:0 2 /t/pattern/b
-rw-r--r-- 1 0:0 2 /t/pattern/hard
-rw-r--r-- 1 0:0 2 /t/pattern/la
prw-r--r-- 1 0:0 0 /t/pattern/pipe
-rw-r--r-- 1 0:0 3145728 /t/pattern/sparse
-rw-r--r-- 1 0:0 2 /t/space
drwxr-xr-x 0:0 /t/tree
-rw-r--r-- 2 0:0 2 /t/tree/a
-rw-r--r-- 2 0:0 2 /t/tree/hard
lrwxrwxrwx 1 0:0 1 /t/tree/la->a
prw-r--r-- 1 0:0 0 /t/tree/pipe
-rw-r--r-- 1 0:0 3145728 /t/tree/sparse
drwx------ 0:0 /t/tree/sub
drwxr-xr-x 0:0 /t/two
-rw-r--r-- 1 0:0 3 /t/two/f1
-rwsr-xr-x 1 0:0 3 /t/two/f2
drwxr-xr-x 0:0 /t/unpacked
drwxr-xr-x 0:0 /t/unpacked/d
-rw-r--r-- 1 0:0 2 /t/unpacked/d/a
drwx------ 0:0 /t/unpacked/d/sub
drwxr-xr-x 0:0 /t/whole
-rw-r--r-- 1 0:0 163 /t/whole/archive
drwxr-xr-x 1234:77 /w
drwxr-xr-x 1234:77 /w/deep
-rw-r--r-- 1 0:0 3 /w/deep/f1
P
sed -i "s/ 163 / $(stat -c %s archive) /" want # gzip keeps the time
LC_ALL=C sort got >got.sorted
LC_ALL=C sort want >want.sorted
is 'every file is where Docker puts it, with its owner and mode' "$(diff got.sorted want.sorted)" ''
done_testing
