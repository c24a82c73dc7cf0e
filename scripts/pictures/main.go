// Command pictures makes the README's pictures of the demo: of the real page, with
// the real gateway behind it, in Chromium over its debugging port.
//
//	scripts/setup chromium && make build && go run ./scripts/pictures [-aviso bin/aviso] [-into scripts/docs]
//
// demo.gif shows the first story, console.png the agents' console in the middle of
// it. It takes a minute, and nothing leaves this machine.
package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"image"
	"image/png"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"regexp"
	"syscall"
	"time"

	"github.com/chromedp/chromedp"
)

const (
	width, height = 1366, 768 // the page's window, in pixels of CSS
	scale         = 0.75      // the animation's pixels to each

	frameEvery = 700 * time.Millisecond
	lastFrame  = 4 * time.Second // before it begins again
	storyMost  = 90 * time.Second
	gifMost    = 2 << 20 // bytes
)

func main() {
	binary := flag.String("aviso", "bin/aviso", "the program")
	into := flag.String("into", "scripts/docs", "the folder that the pictures are put into")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, *binary, *into); err != nil {
		fmt.Fprintf(os.Stderr, "pictures: %v\n", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, binary, into string) (err error) {
	base, end, err := demo(ctx, binary)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, end()) }()
	browser, cancel := chromedp.NewExecAllocator(ctx, append(chromedp.DefaultExecAllocatorOptions[:], chromedp.NoSandbox,
		chromedp.Flag("hide-scrollbars", true), chromedp.Flag("host-resolver-rules", "MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"))...)
	defer cancel()
	browser, cancel = chromedp.NewContext(browser)
	defer cancel()
	if err := chromedp.Do(browser, chromedp.EmulateViewport(width, height, chromedp.EmulateScale(scale))); err != nil {
		return fmt.Errorf("start Chromium: %w", err)
	}
	frames, console, err := story(browser, base)
	if err != nil {
		return err
	}
	animation, err := animate(frames)
	if err != nil {
		return err
	}
	if len(animation) > gifMost {
		return fmt.Errorf("the animation has %d bytes, more than %d", len(animation), gifMost)
	}
	for name, data := range map[string][]byte{"demo.gif": animation, "console.png": console} {
		path := filepath.Join(into, name)
		if err := os.WriteFile(path, data, 0o644); err != nil {
			return err
		}
		fmt.Printf("%s: %d KiB\n", path, len(data)>>10)
	}
	return nil
}

// demo starts `aviso demo` on ports that are free. end stops it.
func demo(ctx context.Context, binary string) (base string, end func() error, err error) {
	cmd := exec.CommandContext(ctx, binary, "demo", "--addr", "127.0.0.1:0", "--internal-addr", "127.0.0.1:0", "--log-level", "error")
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		return "", nil, err
	}
	if err := cmd.Start(); err != nil {
		return "", nil, fmt.Errorf("start the demo: %w", err)
	}
	end = func() error {
		err := cmd.Process.Signal(syscall.SIGTERM)
		return errors.Join(err, cmd.Wait())
	}
	address := regexp.MustCompile(`(http://127\.0\.0\.1:\d+)/sim/`)
	for lines := bufio.NewScanner(out); lines.Scan(); {
		if found := address.FindStringSubmatch(lines.Text()); found != nil {
			return found[1], end, nil
		}
	}
	return "", nil, errors.Join(errors.New("the demo did not print its address"), end())
}

// frame is what the page looked like, for so long.
type frame struct {
	image image.Image
	lasts time.Duration
}

// story plays the first one, in English, and looks at the page again and again; and
// at the console by itself, once people have confirmed.
func story(ctx context.Context, base string) (frames []frame, console []byte, err error) {
	ctx, cancel := context.WithTimeout(ctx, storyMost)
	defer cancel()
	doing := func() (string, error) {
		return chromedp.Run(ctx, chromedp.Evaluate[string](`document.body.dataset.doing`))
	}
	if err := chromedp.Do(ctx, chromedp.Navigate(base+"/sim/?lang=en"), chromedp.Click(`button[value=en]`)); err != nil {
		return nil, nil, fmt.Errorf("open the page: %w", err)
	}
	time.Sleep(2 * time.Second) // it loads anew, and the console within it
	if err := chromedp.Do(ctx, chromedp.Click(`button[value=main]`)); err != nil {
		return nil, nil, fmt.Errorf("play the story: %w", err)
	}
	for {
		picture, err := chromedp.Run(ctx, chromedp.CaptureScreenshot())
		if err != nil {
			return nil, nil, fmt.Errorf("look at the page: %w", err)
		}
		shown, err := png.Decode(bytes.NewReader(picture))
		if err != nil {
			return nil, nil, err
		}
		frames = append(frames, frame{shown, frameEvery})
		confirmed, err := chromedp.Run(ctx, chromedp.Evaluate[bool](`document.querySelectorAll(".rows .loud").length >= 2`))
		if err != nil {
			return nil, nil, err
		}
		if confirmed && console == nil {
			if console, err = alone(ctx, base); err != nil {
				return nil, nil, err
			}
		}
		state, err := doing()
		switch {
		case err != nil:
			return nil, nil, err
		case state == "failed":
			return nil, nil, errors.New("the story broke off")
		case state == "done":
			frames[len(frames)-1].lasts = lastFrame
			return frames, console, nil
		}
		time.Sleep(frameEvery)
	}
}

// alone is the alert's page of the console, in a window of its own.
func alone(ctx context.Context, base string) ([]byte, error) {
	tab, cancel := chromedp.NewContext(ctx)
	defer cancel()
	err := chromedp.Do(tab, chromedp.EmulateViewport(1100, 760), chromedp.Navigate(base+"/sim/console?lang=en"))
	if err != nil {
		return nil, fmt.Errorf("open the console: %w", err)
	}
	alert, err := chromedp.Run(tab, chromedp.Evaluate[string](`document.querySelector("#board tbody a").href`))
	if err != nil {
		return nil, fmt.Errorf("find the alert: %w", err)
	}
	if err := chromedp.Do(tab, chromedp.Navigate(alert)); err != nil {
		return nil, fmt.Errorf("open the alert: %w", err)
	}
	// What it asks once is answered.
	if _, err := chromedp.Run(tab, chromedp.Evaluate[any](`document.getElementById("offer-no")?.click()`)); err != nil {
		return nil, fmt.Errorf("answer the console: %w", err)
	}
	picture, err := chromedp.Run(tab, chromedp.CaptureScreenshot())
	if err != nil {
		return nil, fmt.Errorf("look at the console: %w", err)
	}
	return picture, nil
}
