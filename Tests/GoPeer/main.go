// Unmodified Go ttrpc, so that tests can call services the way other languages do, and be called.
//
//	gopeer [-timeout 5s] [-metadata key=value]... [-roots FILE [-certificate FILE -key FILE]]
//	       NETWORK ADDRESS SERVICE METHOD [HEX]
//	gopeer -serve NETWORK ADDRESS
//
// NETWORK is "unix" or "tcp"; with -roots TLS is spoken on it. HEX is the request message; the response message is printed the same
// way. A failed call prints "code N: text" and ends with exit status 1.
package main

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/hex"
	"flag"
	"fmt"
	"net"
	"os"
	"runtime"
	"strings"
	"time"

	"github.com/containerd/ttrpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

// raw passes a message's bytes on as they are.
type raw struct{ bytes []byte }

func (m *raw) Reset()                   { m.bytes = nil }
func (m *raw) String() string           { return hex.EncodeToString(m.bytes) }
func (m *raw) ProtoMessage()            {}
func (m *raw) Marshal() ([]byte, error) { return m.bytes, nil }
func (m *raw) Unmarshal(b []byte) error {
	m.bytes = append([]byte(nil), b...)
	return nil
}

type pairs map[string][]string

func (p pairs) String() string { return "" }
func (p pairs) Set(text string) error {
	key, value, found := strings.Cut(text, "=")
	if !found {
		return fmt.Errorf("want key=value, not %q", text)
	}
	p[key] = append(p[key], value)
	return nil
}

func fail(status int, format string, arguments ...any) {
	fmt.Fprintf(os.Stderr, format+"\n", arguments...)
	os.Exit(status)
}

// dial connects, by TLS when roots names a file with the authorities of servers.
func dial(network, address, roots, certificate, key string) (net.Conn, error) {
	if roots == "" {
		return net.Dial(network, address)
	}
	pem, err := os.ReadFile(roots)
	if err != nil {
		return nil, err
	}
	config := &tls.Config{RootCAs: x509.NewCertPool()}
	config.RootCAs.AppendCertsFromPEM(pem)
	if certificate != "" {
		pair, err := tls.LoadX509KeyPair(certificate, key)
		if err != nil {
			return nil, err
		}
		config.Certificates = []tls.Certificate{pair}
	}
	return tls.Dial(network, address, config)
}

func main() {
	timeout := flag.Duration("timeout", 5*time.Second, "the call's deadline")
	metadata := pairs{}
	flag.Var(metadata, "metadata", "key=value, may be repeated")
	serves := flag.Bool("serve", false, "answer calls instead of making one")
	roots := flag.String("roots", "", "PEM file of servers' authorities")
	certificate := flag.String("certificate", "", "PEM file of the own certificate")
	key := flag.String("key", "", "PEM file of its key")
	flag.Parse()
	if *serves && flag.NArg() == 2 {
		serve(flag.Arg(0), flag.Arg(1))
	}
	if flag.NArg() != 4 && flag.NArg() != 5 {
		fail(2, "usage: gopeer [-timeout 5s] [-metadata key=value] [-roots FILE] NETWORK ADDRESS SERVICE METHOD [HEX] | gopeer -serve NETWORK ADDRESS")
	}
	request, err := hex.DecodeString(flag.Arg(4))
	if err != nil {
		fail(2, "payload: %v", err)
	}
	connection, err := dial(flag.Arg(0), flag.Arg(1), *roots, *certificate, *key)
	if err != nil {
		fail(2, "connect: %v", err)
	}
	client := ttrpc.NewClient(connection)
	defer client.Close()
	ctx, cancel := context.WithTimeout(context.Background(), *timeout)
	defer cancel()
	ctx = ttrpc.WithMetadata(ctx, ttrpc.MD(metadata))
	response := &raw{}
	err = client.Call(ctx, flag.Arg(2), flag.Arg(3), &raw{request}, response)
	if err != nil {
		failure, _ := status.FromError(err)
		fmt.Printf("code %d: %s\n", failure.Code(), failure.Message())
		os.Exit(1)
	}
	fmt.Println(hex.EncodeToString(response.bytes))
}

// serve answers bench.Echo until it is killed: Unary, Fail, Metadata, Sleep, which waits for its
// deadline, Suspending, which lets others go first, and Woken, which waits for another goroutine.
func serve(network, address string) {
	waiting := make(chan chan struct{}, 1024)
	go func() {
		for one := range waiting {
			close(one)
		}
	}()
	listener, err := net.Listen(network, address)
	if err != nil {
		fail(2, "listen: %v", err)
	}
	server, err := ttrpc.NewServer()
	if err != nil {
		fail(2, "server: %v", err)
	}
	type handler = func(context.Context, []byte) ([]byte, error)
	methods := map[string]ttrpc.Method{}
	for name, answer := range map[string]handler{
		"Unary": func(_ context.Context, request []byte) ([]byte, error) { return request, nil },
		"Suspending": func(_ context.Context, request []byte) ([]byte, error) {
			runtime.Gosched()
			return request, nil
		},
		"Woken": func(_ context.Context, request []byte) ([]byte, error) {
			woken := make(chan struct{})
			waiting <- woken
			<-woken
			return request, nil
		},
		"Fail": func(context.Context, []byte) ([]byte, error) {
			return nil, status.Error(codes.FailedPrecondition, "no")
		},
		"Metadata": func(ctx context.Context, _ []byte) ([]byte, error) {
			value, _ := ttrpc.GetMetadataValue(ctx, "key")
			return append([]byte{0x0a, byte(len(value))}, value...), nil
		},
		"Sleep": func(ctx context.Context, _ []byte) ([]byte, error) {
			<-ctx.Done()
			return nil, ctx.Err()
		},
	} {
		answer := answer
		methods[name] = func(ctx context.Context, decode func(interface{}) error) (interface{}, error) {
			request := &raw{}
			if err := decode(request); err != nil {
				return nil, err
			}
			response, err := answer(ctx, request.bytes)
			return &raw{response}, err
		}
	}
	server.Register("bench.Echo", methods)
	fail(1, "serve: %v", server.Serve(context.Background(), listener))
}
