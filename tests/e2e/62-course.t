# a course document that nobody wrote for us, unmodified, from its first step to its last
#
# It is not ours and lies outside the repository: DRYDOCK_COURSE, or ../shared/course/*.txt.
. "$(dirname "$0")/lib.sh"
course=${DRYDOCK_COURSE:-$(ls "$here"/../shared/course/*.txt 2>/dev/null | head -1)}
[ -r "$course" ] || {
	skip 'the course document is a lesson' 'no course document beside this repository'
	done_testing
	exit 0
}
command -v python3 >/dev/null || { skip 'the course document is a lesson' 'no python3'; done_testing; exit 0; }
space=$work/space
lesson=$work/course-$$.md
session=lesson-course-$$
mkdir "$space" "$space/given"
cp "$course" "$lesson"
trap 'DRYDOCK_SESSION=$session; docker rm -f $(docker ps -aq) >/dev/null 2>&1; "$DRYDOCK_BIN" session rm "$session" >/dev/null 2>&1; cleanup' EXIT

# block LANGUAGE N: the document's Nth block of this language
block() {
	awk -v open="\`\`\`$1" -v n="$2" '$0 == open { inside = ++seen == n; next }
		/^```/ { inside = 0 } inside' "$course"
}
echo 'FROM python:3.9-slim' >"$space/given/first"
block dockerfile 2 >"$space/given/Dockerfile"
block dockerfile 6 >"$space/given/stages"
block python 1 >"$space/given/app.py"
awk '/^  echo "__py/, /dockerignore$/ { sub(/^  /, ""); print }' "$course" >"$space/given/ignore.sh"

drive() {
	cat >script
	t "$1" python3 "$here/tests/e2e/drive.py" script \
		"$DRYDOCK_BIN" learn --private --workspace "$space" "$lesson"
}

drive 'steps 1 and 2: a Dockerfile, an image, a container that answers' <<'EOF'
see Step 1.1: Choose a Base Image
see Step 1 of 28
prompt
type cp given/first Dockerfile
see Step 1 is done
prompt
type next
see Step 1.2: Write a Simple Dockerfile
prompt
type cp given/Dockerfile Dockerfile
see Step 2 is done
prompt
type next
see Step 1.3: Build the Docker Image
prompt
type docker build -t my-python-app .
see "/requirements.txt": not found
see has no such file
prompt
type cp given/app.py . && echo Flask > requirements.txt
prompt
type docker build -t my-python-app .
see naming to docker.io/library/my-python-app
see Step 3 is done
prompt
type next
prompt
type docker run -d -p 5000:5000 --name my-running-app my-python-app
see Step 4 is done
prompt
type next
prompt
type docker ps
see my-running-app
prompt
type next
see Step 2.3: Access the Application
prompt
type curl http://localhost:5000
see Hello from Dockerized Python Flask App!
see Step 6 is done
prompt
type quit
end
EOF

drive 'step 3: what is there already is said; the name is in use, as in Docker' <<'EOF'
see Step 2.3: Access the Application
prompt
type next
see Step 3.1: Add EXPOSE Instruction
see This is already so
prompt
type next
see This is already so
prompt
type next
see This is already so
prompt
type next
see Step 3.4: Rebuild and Run the Container
prompt
type docker build -t my-python-app .
see CACHED
prompt
type docker run -d -p 5000:5000 --name my-running-app my-python-app
see Conflict. The container name "/my-running-app" is already in use
see The text is at fault here
prompt
type docker rm -f my-running-app
prompt
type docker run -d -p 5000:5000 --name my-running-app my-python-app
see the container my-running-app is running
prompt
type check
see port 5000 of the container my-running-app is published on port 5000
prompt
type next
see Step 4.1: Implement Multi-Stage Builds
prompt
type quit
end
EOF

drive 'step 4: Flask stays behind in the build stage, as in Docker' <<'EOF'
see Step 4.1: Implement Multi-Stage Builds
prompt
type cp given/stages Dockerfile
see Step 11 is done
prompt
type next
prompt
type cp Dockerfile given/whole; sed -i '/apt-get/d' Dockerfile; docker build -t my-python-app .
see COPY --from=build /app /app
see naming to docker.io/library/my-python-app
prompt
type docker rm -f my-running-app; docker run --name my-running-app my-python-app
see ModuleNotFoundError: No module named 'flask'
see pip put it into the stage
prompt
type . ./given/ignore.sh
see Step 12 is done
prompt
type next
see Step 4.3: Minimize the Number of Layers
prompt
type quit
end
EOF

drive 'step 5: tag, log in and push, to the hub in the box' <<'EOF'
see Step 4.3: Minimize the Number of Layers
prompt
type goto 15
see Go on (y/N)?
type n
see <your_dockerhub_username> is?
type student
see docker tag my-python-app student/my-python-app
prompt
type docker tag my-python-app student/my-python-app
see Step 15 is done
prompt
type next
see docker push student/my-python-app
prompt
type docker push student/my-python-app
see denied: requested access to the resource is denied
prompt
type docker login -u student
see Password:
type secret
see Login Succeeded
prompt
type docker push student/my-python-app
see latest: digest: sha256:
see Step 16 is done
prompt
type quit
end
EOF

drive 'the demonstration: a virtual environment, pip freeze, build, run, visit' <<'EOF'
prompt
type goto 17
see Go on (y/N)?
type n
see Step 1: Set Up the Project Directory
prompt
type docker rm -f my-running-app; mkdir my-python-app
see Step 17 is done
prompt
type cd my-python-app
prompt
type next
prompt
type python3 -m venv venv
prompt
type source venv/bin/activate  # On Windows, use `venv\Scripts\activate`
prompt
never (venv)
type pip install Flask
see Successfully installed
prompt
type next
see Step 3: Create app.py
prompt
type cp ../given/app.py .; pip freeze > requirements.txt; cp ../given/Dockerfile .
prompt
type cat requirements.txt
see Flask==
prompt
type goto 22
see Go on (y/N)?
type n
see Step 6: Build the Docker Image
prompt
type docker build -t my-python-app .
see naming to docker.io/library/my-python-app
see Step 22 is done
prompt
type next
prompt
type docker run -d -p 5000:5000 --name my-running-app my-python-app
see Step 23 is done
prompt
type next
see Step 8: Verify the Application
prompt
type curl -s http://localhost:5000
see Hello from Dockerized Python Flask App!
see Step 24 is done
prompt
type next
see Step 9: Optimize the Docker Image
prompt
type goto 28
see Go on (y/N)?
type n
see FAQs
prompt
type docker history my-python-app
see pip install
prompt
type progress
see of 28 steps reached
prompt
type quit
end
EOF
done_testing
