import NIOCore
import NIOHTTPTypes

/// Closes the connection of a client that takes nothing of its answer any more, or that goes on with a request which has been answered
/// long ago: it would keep its place among the connections for as long as it likes. One that is slow but takes something now and then is
/// left alone. Half of a request is ended by the server's own limit for idle connections.
final class SlowClients: ChannelDuplexHandler, RemovableChannelHandler {
  typealias InboundIn = HTTPRequestPart
  typealias InboundOut = HTTPRequestPart
  typealias OutboundIn = HTTPResponsePart
  typealias OutboundOut = HTTPResponsePart

  private let patience: TimeAmount
  /// Writes that the client's machine has not taken yet.
  private var outstanding = 0
  private var lastTaken = NIODeadline.now()
  private var clock: Scheduled<Void>?
  private var isRequestComing = false
  private var farewell: Scheduled<Void>?

  /// - Parameter patience: For how long a client may take nothing.
  init(patience: TimeAmount) { self.patience = patience }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    switch unwrapInboundIn(data) {
    case .head: isRequestComing = true
    case .body: break
    case .end:
      isRequestComing = false
      farewell?.cancel()
      farewell = nil
    }
    context.fireChannelRead(data)
  }

  func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
    let promise = promise ?? context.eventLoop.makePromise()
    if outstanding == 0 { lastTaken = .now() }
    outstanding += 1
    promise.futureResult.assumeIsolated().whenComplete { [self] _ in
      outstanding -= 1
      lastTaken = .now()
    }
    if case .end = unwrapOutboundIn(data), isRequestComing, farewell == nil {
      // Time enough to read the answer, which a client may do only once it has sent everything.
      let time = min(patience, .seconds(10))
      farewell = context.eventLoop.assumeIsolated().scheduleTask(in: time) { context.close(promise: nil) }
    }
    context.write(data, promise: promise)
    if clock == nil { look(context, in: patience) }
  }

  func channelInactive(context: ChannelHandlerContext) {
    rest()
    context.fireChannelInactive()
  }

  func handlerRemoved(context: ChannelHandlerContext) { rest() }

  private func rest() {
    for task in [clock, farewell] { task?.cancel() }
    (clock, farewell) = (nil, nil)
  }

  private func look(_ context: ChannelHandlerContext, in time: TimeAmount) {
    clock = context.eventLoop.assumeIsolated().scheduleTask(in: time) { [self] in
      clock = nil
      guard outstanding > 0 else { return }
      let waited = NIODeadline.now() - lastTaken
      if waited >= patience {
        context.close(promise: nil)
      } else {
        look(context, in: patience - waited)
      }
    }
  }
}
