/*
 * plain.c - Docker's words and messages in plain words
 *
 * Help says what an option does; this says what that is good for.  Rows of a command
 * come first: `-t` is a tag for `build` and a terminal for `run`.
 */
#include "src/coach/coach.h"

static const struct {
	const char *command; /* "" for all */
	const char *word;    /* "" for the command itself */
	const char *plain;
} words[] = {
    {"run", "",
	"makes a new container from an image and starts it. Each `run` makes one more; "
	"`docker start` starts one that is there."},
    {"build", "",
	"reads the Dockerfile and makes an image of it, one layer for each instruction "
	"that changes files. The last word is the folder that COPY may take from."},
    {"pull", "", "fetches an image so that it is here. `run` does it by itself."},
    {"push", "", "sends an image to a registry, where others can pull it."},
    {"ps", "", "lists containers: those that run, with `-a` also those that have ended."},
    {"images", "", "lists the images that are here."},
    {"stop", "",
	"asks the program in the container to end (SIGTERM), and ends it by force after "
	"10 seconds. The container and its files stay."},
    {"start", "", "starts a container again that has ended, with the same settings."},
    {"restart", "", "stops and starts a container."},
    {"rm", "",
	"removes a container and the files that it wrote. The image stays. A running one "
	"is removed with `-f` only."},
    {"rmi", "", "removes an image's name; the image goes with its last name."},
    {"logs", "", "shows what the program in a container has printed."},
    {"exec", "", "runs one more program in a container that runs already."},
    {"inspect", "", "shows all that is known of an image or container, as JSON."},
    {"history", "", "shows the instructions that an image was made by, newest first."},
    {"tag", "", "gives an image one more name. Nothing is copied."},
    {"login", "", "tells a registry who you are, before a push."},
    {"cp", "", "copies files between a container and this folder."},
    {"save", "", "writes an image to a tar file."},
    {"load", "", "reads an image from a tar file."},
    {"commit", "", "makes an image of a container's files as they are now."},
    {"volume", "", "is about volumes: folders that outlive containers."},
    {"network", "", "is about networks: containers on one find each other by name."},
    {"compose", "",
	"starts several containers that one file describes (docker-compose.yml)."},
    {"run", "-d", "the program runs in the background and your prompt comes back"},
    {"run", "-i", "what you type goes to the program"},
    {"run", "-t", "the program gets a terminal; with `-i`, for shells"},
    {"run", "-p",
	"HOST:CONTAINER. The first port is one of this machine, the second is where the "
	"program in the container listens"},
    {"run", "-P", "every port that the image EXPOSEs gets a free port of this machine"},
    {"run", "-e", "an environment variable for the program"},
    {"run", "-v", "SOURCE:TARGET. A folder or volume is seen in the container at TARGET"},
    {"run", "--name", "what you call the container; two cannot have the same name"},
    {"run", "--rm", "the container is removed when its program ends"},
    {"run", "-w", "the folder in the container that the program starts in"},
    {"run", "-u", "the user in the container that the program runs as"},
    {"build", "-t", "what the image is called: NAME or NAME:TAG (else :latest)"},
    {"build", "-f", "another file than ./Dockerfile"},
    {"build", "--no-cache",
	"every instruction is done again, nothing is taken from before"},
    {"build", ".", "the folder that is sent to the build: here"},
    {"ps", "-a", "also containers that have ended"},
    {"rm", "-f", "also when it runs"},
    {"logs", "-f", "go on showing what comes, until Ctrl-C"},
    {"exec", "-i", "what you type goes to the program"},
    {"exec", "-t", "the program gets a terminal; with `-i`, for shells"},
    {"", "-q", "only the ids"},
};

const char *
coach_plain(const char *command, const char *word)
{
	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		if (str_eq(words[i].word, word) &&
		    (words[i].command[0] == '\0' || str_eq(words[i].command, command)))
			return words[i].plain;
	return NULL;
}

static const struct {
	const char *part; /* of the message */
	const char *plain;
} messages[] = {
    {"port is already allocated",
	"Another container publishes this port of your machine already. `docker ps` "
	"shows "
	"which; stop it, or publish another port: the number before the colon."},
    {"address already in use",
	"Some program listens on this port already. Use another port, or end it."},
    {"is already in use by container",
	"A container of this name exists, perhaps one that has ended: `docker ps -a` "
	"shows "
	"it. `docker rm NAME` makes the name free; or choose another."},
    {"Unable to find image",
	"The image is not here, so Docker tries to pull it. A word that is spelled wrong "
	"looks just like that."},
    {"pull access denied",
	"The registry has no image of this name that you may pull: is it spelled right, "
	"and was it built here?"},
    {"No such image", "No image has this name here. `docker images` lists them."},
    {"No such container",
	"No container has this name or id. `docker ps -a` lists all of them."},
    {"No such object", "Neither an image nor a container is called so."},
    {"requires exactly 1 argument",
	"The command wants one word more, or one less. For `docker build` it is the "
	"folder: a dot at the end stands for this one."},
    {"requires at least 1 argument",
	"The command wants to know on what: the name of a container or an image."},
    {"failed to read dockerfile",
	"There is no Dockerfile in the folder that is built. Its name is exactly that, "
	"without an ending; `-f` names another one."},
    {"unknown instruction",
	"A line of the Dockerfile begins with a word that is no instruction."},
    {"dockerfile parse error", "A line of the Dockerfile cannot be understood."},
    {"failed to compute cache key",
	"A COPY or ADD wants a file that the build does not see: it is not in the folder "
	"that is built, or the .dockerignore leaves it out."},
    {"failed to calculate checksum",
	"A COPY or ADD wants a file that the build does not see: it is not in the folder "
	"that is built, or the .dockerignore leaves it out."},
    {"executable file not found",
	"The program that the container is to start is not in the image. What stands "
	"behind the image's name is the command: options come before it."},
    {"exec format error",
	"The file is no program for this machine: a script without `#!` in its first "
	"line, or a program for another processor."},
    {"permission denied while trying to connect",
	"Docker is there, and you may not talk to it: its socket belongs to the group "
	"docker."},
    {"permission denied",
	"The user in the container may not do this: whose is the file, and is it "
	"executable?"},
    {"is not running", "The container has ended. `docker logs NAME` says why."},
    {"conflict: unable to remove repository reference",
	"A container was made from this image. Remove the container first."},
    {"image is being used by", "A container was made from this image. Remove it first."},
    {"cannot remove container",
	"It runs. Stop it first, or remove it with `docker rm -f`."},
    {"You cannot remove a running container",
	"It runs. Stop it first, or remove it with `docker rm -f`."},
    {"Connection refused", "Nobody listens there: is the container running, was its port "
			   "published with `-p`, "
			   "and does the program listen on 0.0.0.0?"},
    {"Empty reply from server",
	"Something listens, but the program behind it does not answer: perhaps it "
	"listens "
	"on 127.0.0.1 in the container, where nobody else reaches it."},
    {"Connection reset by peer",
	"Something listens, but the program behind it does not answer: perhaps it "
	"listens "
	"on 127.0.0.1 in the container, where nobody else reaches it."},
    {"ModuleNotFoundError",
	"Python does not find a package in the image. Does requirements.txt name it, and "
	"does the Dockerfile install it in the last stage?"},
    {"No matching distribution found",
	"pip knows no package of this name and version here."},
    {"Unable to locate package",
	"apt does not know the package: `apt-get update` comes first, in the same RUN."},
    {"command not found", "There is no program of this name. Is it spelled right?"},
    {"invalid reference format",
	"This is no name for an image: lower case letters, digits and . _ - / only, and "
	"no blank in it."},
    {"must be lowercase", "Names of images have lower case letters only."},
    {"is not a docker command",
	"Docker has no such command. `docker --help` lists them."},
    {"SecretsUsedInArgOrEnv",
	"A password in ARG or ENV stays in the image for all to read. `RUN "
	"--mount=type=secret` shows one to the build and leaves nothing."},
    {"<missing>",
	"No error: only the topmost row of a history has an image id of its own."},
    {"toomanyrequests", "Docker Hub counts pulls by address, and yours has had enough "
			"for now. Log in, or "
			"wait."},
    {"does not match the detected host platform",
	"The image was made for another kind of processor. It may run slowly, or not at "
	"all."},
    {"unknown flag", "The command has no such option."},
    {"unknown shorthand flag", "The command has no such option."},
    {"denied: requested access to the resource is denied",
	"You may push to your own name only, and after `docker login`."},
    {"COPY failed", "The build does not see the file that COPY wants."},
    {"returned a non-zero code",
	"The command in a RUN has failed; what it printed stands above."},
    {"did not complete successfully",
	"The command in a RUN has failed; what it printed stands above."},
};

const char *
coach_message(const char *text)
{
	for (size_t i = 0; i < ARRAY_LEN(messages); i++)
		if (strcasestr(text, messages[i].part) != NULL)
			return messages[i].plain;
	return NULL;
}
