import sys
import threading
import time

from marketplace.storefront.supervisor import Child, Supervisor


def python(code):
    return [sys.executable, "-u", "-c", code]


def supervised(*children):
    lines = []
    supervisor = Supervisor(children, write=lines.append)
    supervisor.start()
    watcher = threading.Thread(target=supervisor.watch)
    watcher.start()
    return supervisor, watcher, lines


def until(condition, seconds=20.0):
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if condition():
            return True
        time.sleep(0.05)
    return False


def test_what_children_print_is_shown_under_their_name():
    supervisor, watcher, lines = supervised(Child("web", python("print('hello')"), once=True))

    assert until(lambda: "    web | hello" in lines)
    supervisor.stop()
    watcher.join()


def test_a_child_that_dies_is_started_again():
    supervisor, watcher, lines = supervised(Child("web", python("print('up'); exit(3)")))

    assert until(lambda: lines.count("    web | up") >= 2)
    assert "    web | ended with code 3; again in 1 s" in lines
    supervisor.stop()
    watcher.join()


def test_work_that_is_done_once_is_not_repeated():
    child = Child("models", python("pass"), once=True)
    supervisor, watcher, _ = supervised(child)

    assert until(lambda: child.is_finished)
    supervisor.stop()
    watcher.join()
    assert child.failures == 0


def test_stopping_ends_every_child():
    child = Child("web", python("import time; time.sleep(600)"))
    supervisor, watcher, _ = supervised(child)
    process = child.process

    supervisor.stop()
    watcher.join()

    assert process.poll() is not None


def test_pauses_double_up_to_half_a_minute():
    child = Child("web", [])

    pauses = []
    for child.failures in (1, 2, 3, 9):
        pauses.append(child.pause)

    assert pauses == [1.0, 2.0, 4.0, 30.0]
