import Dispatch
import Synchronization

/// Threads that share tasks out among themselves. Which thread works which task must not matter to the result.
public struct Workers: Sendable {
  public let count: Int

  public init(_ jobs: Int) { count = Swift.max(1, jobs) }

  /// Works tasks 0 ..< tasks; `body` is given the task and the worker, for scratch memory of its own.
  public func run(_ tasks: Int, _ body: (_ task: Int, _ worker: Int) -> Void) {
    let threads = Swift.min(count, tasks)
    if threads <= 1 {
      for task in 0..<tasks { body(task, 0) }
      return
    }
    let next = Atomic<Int>(0)
    withoutActuallyEscaping(body) { body in
      // Tasks write to places of their own, and the call returns when all are done.
      nonisolated(unsafe) let body = body
      DispatchQueue.concurrentPerform(iterations: threads) { worker in
        while true {
          let task = next.wrappingAdd(1, ordering: .relaxed).oldValue
          if task >= tasks { return }
          unsafe body(task, worker)
        }
      }
    }
  }

  /// What each of the tasks 0 ..< tasks gives, in their order.
  /// - Throws: What the first of them, by number, threw.
  public func map<Value, Failure>(_ tasks: Int, _ body: (_ task: Int) throws(Failure) -> Value) throws(Failure)
    -> [Value]
  {
    var results = [Result<Value, Failure>?](repeating: nil, count: tasks)
    unsafe results.withUnsafeMutableBufferPointer { slots in
      nonisolated(unsafe) let slots = unsafe slots
      run(tasks) { task, _ in unsafe slots[task] = Result { () throws(Failure) in try body(task) } }
    }
    var values: [Value] = []
    for result in results { if let result { values.append(try result.get()) } }
    return values
  }
}
